import { fieldError, type FieldError } from "../../api/status-error.ts";

/** From lax to strict. */
const LEVELS = ["privileged", "baseline", "restricted"] as const;

export type Level = (typeof LEVELS)[number];

/** A level as some release had it: its minor version, or `latest`. */
export interface LevelVersion {
  level: Level;
  version: number | "latest";
}

/** What a namespace's labels ask for. */
export interface Policy {
  enforce: LevelVersion;
  warn: LevelVersion;
}

const PREFIX = "pod-security.kubernetes.io/";

/**
 * The policy of a namespace (k8s.io/pod-security-admission/api PolicyToEvaluate). Labels that cannot be read give errors, and count
 * as the strictest for enforcing and as the laxest for warning. Audits go to a log that the practice cluster does not keep.
 */
export function policyOf(labels: Readonly<Record<string, string>> = {}): { policy: Policy; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const read = <T>(
    label: string,
    parse: (value: string) => T | undefined,
    why: string,
  ): { given: boolean; value: T | undefined } => {
    const text = labels[`${PREFIX}${label}`];
    if (text === undefined) return { given: false, value: undefined };
    const value = parse(text);
    if (value === undefined) errors.push(fieldError.invalid(`metadata.labels[${PREFIX}${label}]`, text, why));
    return { given: true, value };
  };
  const [enforce, , warn] = ["enforce", "audit", "warn"].map((mode) => ({
    level: read(mode, parseLevel, `must be one of ${LEVELS.join(", ")}`),
    version: read(`${mode}-version`, parseVersion, 'must be "latest" or "v1.x"'),
  })) as [Labels, Labels, Labels];
  const enforced: LevelVersion = {
    level: enforce.level.value ?? (enforce.level.given ? "restricted" : "privileged"),
    version: enforce.version.value ?? "latest",
  };
  // Who enforces a level wants to be warned of the same, unless they say what they want to be warned of.
  const follows = !warn.level.given && enforce.level.value !== undefined && enforce.level.value !== "privileged";
  const version = warn.version.given || !follows ? (warn.version.value ?? "latest") : enforced.version;
  return {
    policy: { enforce: enforced, warn: { level: follows ? enforced.level : (warn.level.value ?? "privileged"), version } },
    errors,
  };
}

interface Labels {
  level: { given: boolean; value: Level | undefined };
  version: { given: boolean; value: number | "latest" | undefined };
}

/** As messages name it: `restricted:latest`, `baseline:v1.30`. */
export const policyText = ({ level, version }: LevelVersion): string =>
  `${level}:${version === "latest" ? version : `v1.${version}`}`;

/** Whether `a` asks for more than `b`. */
export const isStricter = (a: Level, b: Level): boolean => LEVELS.indexOf(a) > LEVELS.indexOf(b);

const parseLevel = (text: string) => LEVELS.find((level) => level === text);

function parseVersion(text: string): number | "latest" | undefined {
  if (text === "latest") return text;
  const minor = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
