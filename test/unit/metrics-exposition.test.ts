import { expect, test } from "vitest";
import { Counters, Histograms } from "../../src/simulator/metrics/counters.ts";
import { exposition, type Family } from "../../src/simulator/metrics/exposition.ts";

const gauge = (name: string, ...values: number[]): Family => ({
  name,
  type: "gauge",
  help: 'a\nb\\c "d"',
  samples: values.map((value) => ({ value })),
});

test("families are written by name, empty ones not at all, numbers and escapes as Go writes them", () => {
  const labelled: Family = { ...gauge("b"), samples: [{ labels: { x: 'q"\\\n' }, value: 1, at: 1_700_000_000_000 }] };
  expect(
    exposition([
      labelled,
      gauge("empty"),
      gauge("a", 0, 999_999, 1_000_000, 8_341_331_968, 0.0001, 0.00001, -2.5, NaN, Infinity),
    ]),
  ).toBe(`# HELP a a\\nb\\\\c "d"
# TYPE a gauge
a 0
a 999999
a 1e+06
a 8.341331968e+09
a 0.0001
a 1e-05
a -2.5
a NaN
a +Inf
# HELP b a\\nb\\\\c "d"
# TYPE b gauge
b{x="q\\"\\\\\\n"} 1 1700000000000
`);
});

test("counts and durations add up for each combination of labels", () => {
  const requests = new Counters("requests_total", "Requests.");
  requests.add({ code: "200" });
  requests.add({ code: "200" }, 2);
  requests.add({ code: "404" }, 0);
  const durations = new Histograms("seconds", "Durations.", [0.1, 1]);
  for (const seconds of [0.1, 0.5, 7]) durations.observe({ verb: "GET" }, seconds);

  expect(exposition([requests.family(), durations.family()])).toBe(`# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code="200"} 3
requests_total{code="404"} 0
# HELP seconds Durations.
# TYPE seconds histogram
seconds_bucket{verb="GET",le="0.1"} 1
seconds_bucket{verb="GET",le="1"} 2
seconds_bucket{verb="GET",le="+Inf"} 3
seconds_sum{verb="GET"} 7.6
seconds_count{verb="GET"} 3
`);
  expect(requests.family(({ code }) => code === "404").samples).toHaveLength(1);
});
