import { expect, test } from "vitest";
import { cronProblem } from "../../src/simulator/resources/cron-schedule.ts";
import { age, humanDuration } from "../../src/simulator/resources/duration.ts";
import { scaledValue } from "../../src/simulator/resources/int-or-string.ts";
import { jsonProblem } from "../../src/simulator/api/json-syntax.ts";
import { compareQuantities, milliValue, sumQuantities, wholeValue } from "../../src/simulator/schema/quantity.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

test.for([
  [-2 * SECOND, "<invalid>"],
  [-SECOND, "0s"],
  [999, "0s"],
  [119 * SECOND, "119s"],
  [2 * MINUTE, "2m"],
  [2 * MINUTE + 5 * SECOND, "2m5s"],
  [10 * MINUTE + 5 * SECOND, "10m"],
  [179 * MINUTE, "179m"],
  [3 * HOUR + 20 * MINUTE, "3h20m"],
  [8 * HOUR + 20 * MINUTE, "8h"],
  [47 * HOUR, "47h"],
  [2 * DAY + 3 * HOUR, "2d3h"],
  [8 * DAY + 3 * HOUR, "8d"],
  [729 * DAY, "729d"],
  [731 * DAY, "2y1d"],
  [3000 * DAY, "8y"],
] as const)("%i ms have the age %s", ([ms, text]) => {
  expect(humanDuration(ms)).toBe(text);
});

test("no time has an unknown age", () => {
  expect(age(undefined, 0)).toBe("<unknown>");
});

test("amounts are compared, whatever their suffix", () => {
  const ordered = ["-1", "0", "1n", "1m", "0.1", "1", "1e3", "1Ki", "1.5Ki", "1M", "1Mi", "1E", "1Ei"];
  expect([...ordered].reverse().sort(compareQuantities)).toEqual(ordered);
  expect(compareQuantities("1000m", "1")).toBe(0);
  expect(compareQuantities("1e-3", "1m")).toBe(0);
});

test("amounts are rounded up", () => {
  expect(["1", "100m", "1.0001", "1u", "-1500u"].map(milliValue)).toEqual([1000, 100, 1001, 1, -2]);
  expect(["1Ki", "1500m", "1u", "0"].map(wholeValue)).toEqual([1024, 2, 1, 0]);
});

test("a sum is written as its first amount", () => {
  expect(sumQuantities(["0", "1Gi", "512Mi"])).toBe("1536Mi");
  expect(sumQuantities(["1500m", "0.5"])).toBe("2");
  expect(sumQuantities(["1Gi", "1"])).toBe("1073741825");
  expect(sumQuantities([])).toBe("0");
});

test("shares of a count", () => {
  expect(scaledValue("25%", 10, "up")).toBe(3);
  expect(scaledValue("25%", 10, "down")).toBe(2);
  expect(scaledValue(4, 10, "down")).toBe(4);
});

test.for(["*/5 * * * *", "0 0 1,15 * mon-fri", "? ? ? ? ?", "5/10 0-6/2 * JAN 0", "@hourly", "@every 1h30m"])(
  "schedule %s",
  (schedule) => {
    expect(cronProblem(schedule)).toBeUndefined();
  },
);

test.for([
  ["* * * *", "expected exactly 5 fields, found 4: [* * * *]"],
  ["60 * * * *", "end of range (60) above maximum (59): 60"],
  ["* * 0 * *", "beginning of range (0) below minimum (1): 0"],
  ["5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"],
  ["*/0 * * * *", "step of range should be a positive number: */0"],
  ["1-2-3 * * * *", "too many hyphens: 1-2-3"],
  ["1/2/3 * * * *", "too many slashes: 1/2/3"],
  ["a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ["@never", "unrecognized descriptor: @never"],
] as const)("schedule %s: %s", ([schedule, problem]) => {
  expect(cronProblem(schedule)).toBe(problem);
});

test.for(['{"a": [1, -0.5e+3, true, null, "\\u00e9\\n"], "b": {}}', " [] ", "0", '""'])("JSON %s", (text) => {
  expect(jsonProblem(text)).toBeUndefined();
  expect(() => JSON.parse(text) as unknown).not.toThrow();
});

test.for([
  ["", "unexpected end of JSON input"],
  ['{"a"', "unexpected end of JSON input"],
  ["not json", "invalid character 'o' in literal null (expecting 'u')"],
  ["{a: 1}", "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"', "invalid character '\"' after object key:value pair"],
  ["[1 2]", "invalid character '2' after array element"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ["01", "invalid character '1' after top-level value"],
  ["-x", "invalid character 'x' in numeric literal"],
  ["1.", "unexpected end of JSON input"],
  ["1.x", "invalid character 'x' after decimal point in numeric literal"],
  ["1e'", "invalid character '\\'' in exponent of numeric literal"],
  ['"\n"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
] as const)("not JSON: %j", ([text, problem]) => {
  expect(jsonProblem(text)).toBe(problem);
});
