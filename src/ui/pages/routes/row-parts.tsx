/** What the rows of a pool's keys and of a model's targets have in common. `of`: `key 2`. */
import { Icon } from "../../components/icon.tsx";

export function WeightInput({ of, value, put }: { of: string; value: string; put(weight: string): void }) {
  return (
    <input
      aria-label={`Weight of ${of}`}
      placeholder="weight"
      inputMode="decimal"
      value={value}
      onInput={(event) => put(event.currentTarget.value)}
    />
  );
}

export function TakeOut({ of, takeOut, disabled = false }: { of: string; takeOut(): void; disabled?: boolean }) {
  return (
    <button
      type="button"
      class="button quiet icon-only"
      aria-label={`Take ${of} out`}
      title="Take out"
      disabled={disabled}
      onClick={takeOut}
    >
      <Icon name="close" />
    </button>
  );
}
