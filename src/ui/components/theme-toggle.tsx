import { useState } from "preact/hooks";
import { chooseTheme, storedTheme, type Theme } from "../theme.ts";
import { Icon } from "./icon.tsx";

const THEMES = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const satisfies readonly (readonly [Theme, string])[];

export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <fieldset class="segmented theme-toggle">
      <legend class="visually-hidden">Theme</legend>
      {THEMES.map(([value, label]) => (
        <button
          key={value}
          type="button"
          aria-pressed={theme === value}
          aria-label={label}
          title={label}
          onClick={() => {
            chooseTheme(value);
            setTheme(value);
          }}
        >
          <Icon name={value} />
        </button>
      ))}
    </fieldset>
  );
}
