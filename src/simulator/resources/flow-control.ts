import type {
  FlowSchema,
  FlowSchemaSpec,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
} from "kubernetes-types/flowcontrol/v1";
import { fieldError } from "../api/status-error.ts";
import { age } from "./duration.ts";
import { oneOf } from "./field-checks.ts";
import { outOfRange } from "./names.ts";
import { defineResource } from "./resource.ts";
import type { Writable } from "./writable.ts";

/** Models pkg/registry/flowcontrol/flowschema. */
export const flowschemas = defineResource<Writable<FlowSchema>>({
  resource: "flowschemas.flowcontrol.apiserver.k8s.io",
  generation: true,
  defaults(schema) {
    const spec = (schema.spec ??= {} as FlowSchemaSpec);
    spec.matchingPrecedence ||= 1000;
  },
  validate({ spec }) {
    const { matchingPrecedence: precedence = 0, priorityLevelConfiguration: level } = spec as FlowSchemaSpec;
    return [
      ...(precedence < 1 || precedence > 10_000
        ? [fieldError.invalid("spec.matchingPrecedence", precedence, outOfRange(1, 10_000))]
        : []),
      ...(level?.name ? [] : [fieldError.required("spec.priorityLevelConfiguration.name", "must reference a priority level")]),
    ];
  },
  cells: ({ metadata, spec, status }, { now }) => [
    metadata.name,
    spec?.priorityLevelConfiguration.name ?? "",
    String(spec?.matchingPrecedence ?? 0),
    spec?.distinguisherMethod?.type ?? "<none>",
    age(metadata.creationTimestamp, now),
    status?.conditions?.find(({ type }) => type === "Dangling")?.status ?? "?",
  ],
});

/** Models pkg/registry/flowcontrol/prioritylevelconfiguration. */
export const prioritylevelconfigurations = defineResource<Writable<PriorityLevelConfiguration>>({
  resource: "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
  generation: true,
  defaults(level) {
    const { limited, exempt } = (level.spec ??= {} as PriorityLevelConfigurationSpec);
    for (const share of [limited, exempt]) {
      if (!share) continue;
      share.nominalConcurrencyShares ??= share === limited ? 30 : 0;
      share.lendablePercent ??= 0;
    }
    const queuing = limited?.limitResponse?.queuing;
    if (queuing) {
      queuing.handSize ||= 8;
      queuing.queues ||= 64;
      queuing.queueLengthLimit ||= 50;
    }
  },
  validate: ({ spec }) => oneOf("spec.type", spec?.type, ["Exempt", "Limited"]),
  cells: ({ metadata, spec }, { now }) => {
    const queuing = spec?.limited?.limitResponse?.queuing;
    const shown = (value: number | undefined) => value ?? "<none>";
    return [
      metadata.name,
      spec?.type ?? "",
      shown(spec?.limited?.nominalConcurrencyShares),
      shown(queuing?.queues),
      shown(queuing?.handSize),
      shown(queuing?.queueLengthLimit),
      age(metadata.creationTimestamp, now),
    ];
  },
});
