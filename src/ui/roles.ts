/** What a signed-in person may do. */
export type Role = "admin" | "viewer" | "team";

export const ALL_ROLES: readonly Role[] = ["admin", "viewer", "team"];
/** Who may read what belongs to no single team. */
export const READERS: readonly Role[] = ["admin", "viewer"];
