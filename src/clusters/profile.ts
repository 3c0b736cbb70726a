/** Ways in which a cluster may differ from today's: `as-the-text` is as texts from the days of 1.24 have it. */
export const profiles = ["as-the-text"] as const;
export type Profile = (typeof profiles)[number];

/** The node image of those days, for providers whose nodes run one. Made for kind 0.14: that it starts is no promise of kind's. */
export const nodeImageOf: Readonly<Record<Profile, string>> = {
  "as-the-text": "kindest/node:v1.24.0@sha256:0866296e693efe1fed79d5e6c7af8df71fc73ae45e3679af05342239cdc5bc8e",
};

export interface Taint {
  key: string;
  effect: string;
}

/** What control planes are tainted with beyond today's. */
export const taintsOf: Readonly<Record<Profile, readonly Taint[]>> = {
  "as-the-text": [{ key: "node-role.kubernetes.io/master", effect: "NoSchedule" }],
};
