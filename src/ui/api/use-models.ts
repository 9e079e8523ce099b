import { useEffect, useState } from "preact/hooks";

export interface ModelEntry {
  id: string;
  /** `evergate`: a public model; else the provider of a single target. */
  owned_by: string;
}

interface Models {
  /** Undefined until known. */
  models: readonly ModelEntry[] | undefined;
  /** Why they cannot be had. */
  error: string | undefined;
}

/** What this key may ask for. Nothing is asked while a key is needed and there is none. */
export function useModels(key: string | undefined, needsKey: boolean | undefined): Models {
  const [known, setKnown] = useState<Models>({ models: undefined, error: undefined });
  useEffect(() => {
    setKnown({ models: undefined, error: undefined });
    if (needsKey === undefined || (needsKey && key === undefined)) return;
    const abort = new AbortController();
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    fetch("/v1/models", { headers, credentials: "omit", signal: abort.signal })
      .then(async (response) => {
        const body = (await response.json()) as { data?: ModelEntry[]; error?: { message: string } };
        setKnown({ models: body.data, error: body.error?.message });
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setKnown({ models: undefined, error: String(error) });
      });
    return () => abort.abort();
  }, [key, needsKey]);
  return known;
}
