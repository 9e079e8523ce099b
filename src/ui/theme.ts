/** Light or dark: as the system has it until somebody chooses, then as chosen, in this browser. */

export type Theme = "system" | "light" | "dark";

const STORED_AS = "evergate.theme";

export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORED_AS);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    // Storage can be switched off; then nothing is remembered.
    return "system";
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
}

export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    if (theme === "system") localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, theme);
  } catch {
    // As above.
  }
  // Canvases draw with the colours of the moment.
  dispatchEvent(new Event(THEME_CHANGED));
}

const THEME_CHANGED = "evergate-theme";

/** Calls back whenever the colours in force may have changed; returns the way to stop. */
export function onThemeChange(callback: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  addEventListener(THEME_CHANGED, callback);
  dark.addEventListener("change", callback);
  return () => {
    removeEventListener(THEME_CHANGED, callback);
    dark.removeEventListener("change", callback);
  };
}
