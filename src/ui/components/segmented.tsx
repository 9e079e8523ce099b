import { useLocation, writeQuery } from "../location.tsx";

export interface SegmentedProps {
  /** The name of the value in the address. */
  name: string;
  label: string;
  /** Value and text. */
  options: readonly (readonly [string, string])[];
  value: string;
  /** The value that the address leaves out. */
  initial: string;
}

/** One of a few values of the address, as links: each view can be opened beside the others. */
export function Segmented({ name, label, options, value, initial }: SegmentedProps) {
  const { path, query } = useLocation();
  return (
    <nav class="segmented" aria-label={label}>
      {options.map(([option, text]) => (
        <a
          key={option}
          href={path + writeQuery(query, { [name]: initial }, { [name]: option })}
          aria-current={option === value ? "true" : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}
