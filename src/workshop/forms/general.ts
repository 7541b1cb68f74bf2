/** The general form of a home visit: 13 questions in two sections. */
import { choice, date, note, number, section, text, when, yesNo, type FormNode } from "./node.ts";

export const general: FormNode = section("general", "Home visit", "Visita a domicilio", [
  section("visit", "The visit", "La visita", [
    note("welcome", "Thank the member for the invitation.", "Agradezca la invitación al miembro."),
    date("visit_date", "Date of the visit", "Fecha de la visita", 2018, 2018),
    choice("present", "Who is there?", "¿Quién está presente?", ["member", "member and family", "caregiver"]),
    choice("language", "Language of the talk", "Idioma de la conversación", ["English", "Spanish", "Portuguese"]),
    yesNo("interpreter", "Was an interpreter needed?", "¿Fue necesario un intérprete?"),
    number("minutes", "Length in minutes", "Duración en minutos", 20, 120),
    yesNo("consent", "Does the member agree to the visit?", "¿Está de acuerdo el miembro con la visita?"),
  ]),
  section("home", "The home", "El hogar", [
    choice("kind", "What kind of home is it?", "¿Qué tipo de vivienda es?", ["house", "apartment", "assisted living"]),
    number("people", "How many people live here?", "¿Cuántas personas viven aquí?", 1, 7),
    yesNo("stairs", "Are there stairs?", "¿Hay escaleras?"),
    yesNo("rail", "Do they have a rail?", "¿Tienen pasamanos?", when("home.stairs", true)),
    yesNo("smoke_alarm", "Does a smoke alarm work?", "¿Funciona una alarma de humo?"),
    yesNo("pets", "Are there pets?", "¿Hay mascotas?"),
    text("notes", "What else did you see?", "¿Qué más observó?", [
      "Clean and tidy; the light in the hall is weak.",
      "Loose rugs in the living room, talked about them.",
      'The member calls the kitchen "my office".',
      "No heating in the bedroom.",
    ]),
  ]),
]);
