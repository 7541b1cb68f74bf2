import { forms, questionsOf } from "../forms/index.ts";
import type { Scenario } from "./types.ts";

/** How many events a scenario has: forms in turn, every question answered. */
export function eventsOf(scenario: Scenario): number {
  const asked = forms.slice(0, scenario.forms).map((form) => questionsOf(form).length);
  const rounds = Math.floor(scenario.submissions / scenario.forms) || 0;
  const rest = asked.slice(0, scenario.submissions % scenario.forms || 0);
  return rounds * sum(asked) + sum(rest);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
