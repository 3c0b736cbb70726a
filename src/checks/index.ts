import type { CheckCodes } from "../course/lint-source.ts";
import { answerEqualsLive } from "./answer-equals-live.ts";
import type { CheckType } from "./check.ts";
import { choiceEquals } from "./choice-equals.ts";
import { commandUsed } from "./command-used.ts";
import { daemonsetOnNodes } from "./daemonset-on-nodes.ts";
import { dataKey } from "./data-key.ts";
import { execOutput } from "./exec-output.ts";
import { fieldEquals } from "./field-equals.ts";
import { httpLocal } from "./http-local.ts";
import { httpThroughProxy } from "./http-through-proxy.ts";
import { kubeconfigContext } from "./kubeconfig-context.ts";
import { liveMatchesFile } from "./live-matches-file.ts";
import { manifestAccepted } from "./manifest-accepted.ts";
import { manifestField } from "./manifest-field.ts";
import { nodeState } from "./node-state.ts";
import { objectExists } from "./object-exists.ts";
import { podsMatch } from "./pods-match.ts";
import { podsReplaced } from "./pods-replaced.ts";
import { prometheusQuery } from "./prometheus-query.ts";
import { prometheusTargets } from "./prometheus-targets.ts";
import { rbacCan } from "./rbac-can.ts";
import { serviceEndpoints } from "./service-endpoints.ts";
import { unchangedSinceStart } from "./unchanged-since-start.ts";
import { workloadReady } from "./workload-ready.ts";

/** A check type whose arguments were held to lesson.schema.json when the lesson was read. */
export type AnyCheckType = CheckType<never, string>;

const types: readonly AnyCheckType[] = [
  answerEqualsLive,
  choiceEquals,
  commandUsed,
  daemonsetOnNodes,
  dataKey,
  execOutput,
  fieldEquals,
  httpLocal,
  httpThroughProxy,
  kubeconfigContext,
  liveMatchesFile,
  manifestAccepted,
  manifestField,
  nodeState,
  objectExists,
  podsMatch,
  podsReplaced,
  prometheusQuery,
  prometheusTargets,
  rbacCan,
  serviceEndpoints,
  unchangedSinceStart,
  workloadReady,
];

export const checkTypes: Readonly<Record<string, AnyCheckType>> = Object.fromEntries(types.map((type) => [type.type, type]));

/** Failure codes by check type, for the lint of texts. */
export const checkCodes: CheckCodes = Object.fromEntries(types.map(({ type, words }) => [type, Object.keys(words)]));
