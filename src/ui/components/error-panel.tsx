import type { ApiError } from "../api/client.ts";
import { Icon } from "./icon.tsx";

/** What went wrong in the gateway's own words, and the way to try again. */
export function ErrorPanel({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div class="error-panel" role="alert">
      <Icon name="warning" />
      <div>
        <p>{error.message}</p>
        {error.requestId && <p class="muted small">Request {error.requestId}</p>}
      </div>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
