/** A care plan: 62 questions, three slugs deep: goals, services and who helps, each with its tag. */
import { choice, date, note, number, section, tagged, text, when, yesNo, type FormNode } from "./node.ts";

const NEXT = [
  "Call the doctor's office.",
  "Walk to the corner and back each day.",
  "Weigh in every morning.",
  "Ask the pharmacist.",
];
const BARRIERS = ["none", "cost", "transport", "pain", "language"];

const goal = (slug: string, en: string, es: string): FormNode => {
  const mine = tagged(`goal_${slug}`);
  return section(slug, en, es, [
    text(
      "problem",
      "What is the problem?",
      "¿Cuál es el problema?",
      ["It got worse this year.", "New since the hospital stay.", "Not under control."],
      mine,
    ),
    text(
      "wish",
      "What do you want to reach?",
      "¿Qué quiere lograr?",
      ["To see my granddaughter's wedding.", "To cook by myself again.", "To stay in my home."],
      mine,
    ),
    number("importance", "How important is it, from 1 to 10?", "¿Qué importancia tiene, de 1 a 10?", 1, 10, mine),
    number("confidence", "How sure are you, from 1 to 10?", "¿Qué tan seguro está, de 1 a 10?", 1, 10, mine),
    date("by", "By when?", "¿Para cuándo?", 2018, 2019, mine),
    choice("state", "How is it going?", "¿Cómo va?", ["not begun", "on the way", "reached", "given up"], mine),
    choice("barrier", "What stands in the way?", "¿Qué lo impide?", BARRIERS, mine),
    text("next_step", "The next step", "El próximo paso", NEXT, mine),
  ]);
};

const service = (slug: string, en: string, es: string): FormNode => {
  const mine = tagged(`service_${slug}`);
  const needed = { ...mine, ...when(`services.${slug}.needed`, true) };
  return section(slug, en, es, [
    yesNo("needed", "Is it needed?", "¿Es necesario?", mine),
    choice("provider", "Who provides it?", "¿Quién lo presta?", ["plan", "county", "family", "not yet known"], needed),
    date("starts", "From when?", "¿Desde cuándo?", 2018, 2018, needed),
    number("per_week", "Times a week", "Veces por semana", 1, 7, needed),
  ]);
};

export const carePlan: FormNode = section("care_plan", "Care plan", "Plan de cuidados", [
  section("plan", "The plan", "El plan", [
    date("made_on", "Made on", "Elaborado el", 2018, 2018),
    choice("risk", "Level of risk", "Nivel de riesgo", ["low", "rising", "high"], tagged("risk_level")),
    number("review_weeks", "To be reviewed in so many weeks", "Por revisar en tantas semanas", 2, 26),
    yesNo("member_agrees", "Does the member agree?", "¿Está de acuerdo el miembro?"),
    yesNo("copy_sent", "Was a copy sent to the doctor?", "¿Se envió una copia al médico?"),
  ]),
  section("goals", "Goals", "Metas", [
    note("how", "In the member's own words.", "En las propias palabras del miembro."),
    goal("heart", "Heart", "Corazón"),
    goal("sugar", "Blood sugar", "Azúcar en la sangre"),
    goal("moving", "Moving safely", "Moverse con seguridad"),
    goal("mood", "Mood", "Ánimo"),
  ]),
  section("services", "Services", "Servicios", [
    service("home_health", "Home health care", "Cuidados en el hogar"),
    service("meals", "Meals", "Comidas"),
    service("rides", "Rides to the doctor", "Transporte al médico"),
    service("equipment", "Equipment", "Equipo médico"),
  ]),
  section("helpers", "Who helps", "Quién ayuda", [
    yesNo("caregiver", "Is there a caregiver?", "¿Hay un cuidador?", tagged("caregiver")),
    choice("relation", "Who is it?", "¿Quién es?", ["spouse", "child", "neighbor", "professional"], {
      ...tagged("caregiver"),
      ...when("helpers.caregiver", true),
    }),
    number("hours", "Hours a week", "Horas por semana", 1, 60, {
      ...tagged("caregiver"),
      ...when("helpers.caregiver", true),
    }),
    choice(
      "strain",
      "How tired is the caregiver?",
      "¿Qué tan cansado está el cuidador?",
      ["not", "a little", "very"],
      tagged("caregiver"),
    ),
    yesNo("respite", "Is respite care wanted?", "¿Se desea cuidado de relevo?", tagged("caregiver")),
  ]),
  section("agreement", "Agreement", "Acuerdo", [
    yesNo("explained", "Was everything explained?", "¿Se explicó todo?"),
    yesNo("questions", "Were there questions?", "¿Hubo preguntas?"),
    date("signed_on", "Signed on", "Firmado el", 2018, 2018),
    text("remarks", "Remarks", "Observaciones", [
      "none",
      "Wants a call before the next visit.",
      "Prefers to talk in the morning.\tNot on Mondays.",
    ]),
  ]),
]);
