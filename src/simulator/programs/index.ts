import { agnhost } from "./agnhost/agnhost.ts";
import { baseImages } from "./base-images.ts";
import { busybox, busybox128 } from "./busybox.ts";
import { echoServer } from "./echo-server.ts";
import { hpaExample, httpd } from "./httpd.ts";
import { kubeStateMetricsImages } from "./kube-state-metrics/kube-state-metrics.ts";
import { metricsServer } from "./metrics-server/metrics-server.ts";
import { nginxImages } from "./nginx/nginx.ts";
import { nodeExporterImages } from "./node-exporter/node-exporter.ts";
import { pause } from "./pause.ts";
import type { Image } from "./program.ts";
import { prometheusImages } from "./prometheus/prometheus.ts";
import { systemImages } from "./system-images.ts";

/** Every image the simulated registries have. */
export const images: readonly Image[] = [
  agnhost,
  busybox,
  busybox128,
  echoServer,
  hpaExample,
  httpd,
  metricsServer,
  pause,
  ...baseImages,
  ...kubeStateMetricsImages,
  ...nginxImages,
  ...nodeExporterImages,
  ...prometheusImages,
  ...systemImages,
];
