import { expect, test } from "vitest";
import { cronProblem } from "../../src/project/read/cron.ts";

test.each([
  "0 6 * * *",
  "*/15 * * * *",
  "30 5 * * mon-fri",
  "0 0 1,15 jan,jul *",
  "0 0 29 2 *",
  "5-59/5 0-23 * * 7",
  "0 0 31 2 1",
  "  0  6 * * * ",
])("%j can be followed", (schedule) => {
  expect(cronProblem(schedule)).toBeUndefined();
});

test.each([
  ["", "it has 1 field instead of five"],
  ["0 6 * *", "it has 4 fields instead of five"],
  ["@daily", "@daily is a shorthand; CTF takes the five fields themselves"],
  ["60 * * * *", '"60" is not possible as the minute: it goes from 0 to 59'],
  ["0 0 0 * *", '"0" is not possible as the day of the month: it goes from 1 to 31'],
  ["0 0 * foo *", '"foo" is not possible as the month: it goes from 1 to 12'],
  ["0 9-5 * * *", '"9-5" goes backwards'],
  ["*/0 * * * *", '"*/0" takes steps of nothing'],
  ["0 0 ? * *", '"?" is not possible as the day of the month'],
  ["0 0 31 4,6 *", "no such day comes in any of its months"],
])("%j can't: %s", (schedule, problem) => {
  expect(cronProblem(schedule)).toBe(problem);
});
