import type { PodTemplate } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { defaultPodTemplate } from "./pod-spec/defaults.ts";
import { validatePodTemplate } from "./pod-template.ts";
import { containerCells, formatLabels } from "./printing.ts";
import { defineResource } from "./resource.ts";
import { templateWarnings } from "./workload.ts";

export const podtemplates = defineResource<Live<PodTemplate>>({
  resource: "podtemplates",
  generation: true,
  defaults(object) {
    defaultPodTemplate((object.template ??= {}));
  },
  validate: ({ template = {} }) => validatePodTemplate(template, "template"),
  warnings: ({ template }, old) => templateWarnings(template, old?.template, "template."),
  cells: ({ metadata, template }) => [
    metadata.name,
    ...containerCells(template?.spec?.containers),
    formatLabels(template?.metadata?.labels),
  ],
});
