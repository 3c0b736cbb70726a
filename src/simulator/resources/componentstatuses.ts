import type { ComponentStatus } from "kubernetes-types/core/v1";
import type { Live } from "../api/object.ts";
import { defineResource } from "./resource.ts";

export const componentstatuses = defineResource<Live<ComponentStatus>>({
  resource: "componentstatuses",
  cells({ metadata, conditions = [] }) {
    const health = conditions.find(({ type }) => type === "Healthy");
    const status = health ? (health.status === "True" ? "Healthy" : "Unhealthy") : "Unknown";
    return [metadata.name, status, health?.message ?? "", health?.error ?? ""];
  },
});
