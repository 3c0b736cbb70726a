/** Ways in which a cluster may differ from today's: `as-the-text` is as texts from the days of 1.24 have it. */
export const profiles = ["as-the-text"] as const;
export type Profile = (typeof profiles)[number];

interface Taint {
  key: string;
  effect: string;
}

/** What control planes are tainted with beyond today's. */
export const taintsOf: Readonly<Record<Profile, readonly Taint[]>> = {
  "as-the-text": [{ key: "node-role.kubernetes.io/master", effect: "NoSchedule" }],
};
