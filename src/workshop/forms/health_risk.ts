/** A health-risk assessment: 68 questions, up to four slugs deep, each topic with its tag. */
import { choice, date, note, number, section, tagged, text, when, yesNo, type FormNode } from "./node.ts";

const OFTEN = ["never", "some days", "most days", "every day"];
const HELP = ["alone", "with some help", "not without help"];

const heart = section("heart", "Heart", "Corazón", [
  yesNo("high_blood_pressure", "High blood pressure?", "¿Presión arterial alta?", tagged("hypertension")),
  number("systolic", "Systolic pressure", "Presión sistólica", 95, 185, tagged("hypertension")),
  number("diastolic", "Diastolic pressure", "Presión diastólica", 55, 110, tagged("hypertension")),
  yesNo("heart_failure", "Heart failure?", "¿Insuficiencia cardíaca?", tagged("heart_failure")),
  choice("swelling", "Swollen legs?", "¿Piernas hinchadas?", OFTEN, {
    ...tagged("heart_failure"),
    ...when("health.conditions.heart.heart_failure", true),
  }),
  date("last_ecg", "Last ECG", "Último electrocardiograma", 2014, 2018, tagged("heart_failure")),
]);

const lungs = section("lungs", "Lungs", "Pulmones", [
  yesNo("asthma", "Asthma?", "¿Asma?", tagged("asthma")),
  yesNo("copd", "COPD?", "¿EPOC?", tagged("copd")),
  choice("breathless", "Short of breath?", "¿Le falta el aire?", OFTEN, tagged("copd")),
  yesNo("oxygen", "Oxygen at home?", "¿Oxígeno en casa?", {
    ...tagged("copd"),
    ...when("health.conditions.lungs.copd", true),
  }),
  number("inhalers", "How many inhalers?", "¿Cuántos inhaladores?", 0, 4, tagged("asthma")),
]);

const diabetes = section("diabetes", "Diabetes", "Diabetes", [
  yesNo(
    "diagnosed",
    "Has a doctor said that you have diabetes?",
    "¿Le ha dicho un médico que tiene diabetes?",
    tagged("diabetes"),
  ),
  number("a1c", "Last A1c", "Última A1c", 4.8, 11.5, tagged("diabetes")),
  date("eye_exam", "Last eye exam", "Último examen de la vista", 2015, 2018, tagged("diabetes")),
  date("foot_exam", "Last foot exam", "Último examen de los pies", 2015, 2018, tagged("diabetes")),
  yesNo("insulin", "Insulin?", "¿Insulina?", tagged("diabetes")),
  choice("checks_sugar", "Do you check your sugar?", "¿Se mide el azúcar?", OFTEN, tagged("diabetes")),
]);

const kidneys = section("kidneys", "Kidneys", "Riñones", [
  yesNo("disease", "Kidney disease?", "¿Enfermedad renal?", tagged("kidney")),
  number("stage", "Stage", "Etapa", 1, 5, { ...tagged("kidney"), ...when("health.conditions.kidneys.disease", true) }),
  yesNo("dialysis", "Dialysis?", "¿Diálisis?", tagged("kidney")),
]);

const doing = (slug: string, en: string, es: string): FormNode => choice(slug, en, es, HELP, tagged("daily_life"));

export const healthRisk: FormNode = section("hra", "Health-risk assessment", "Evaluación de riesgos de salud", [
  section("about_you", "About you", "Sobre usted", [
    number("age", "Your age", "Su edad", 65, 98),
    number("height_in", "Height in inches", "Estatura en pulgadas", 56, 76),
    number("weight_lb", "Weight in pounds", "Peso en libras", 96, 280, tagged("weight")),
    yesNo("lives_alone", "Do you live alone?", "¿Vive solo?", tagged("isolation")),
    yesNo("has_doctor", "Do you have a doctor whom you see?", "¿Tiene un médico de cabecera?"),
  ]),
  section("health", "Your health", "Su salud", [
    section("general", "In general", "En general", [
      choice(
        "rating",
        "How is your health?",
        "¿Cómo está su salud?",
        ["excellent", "good", "fair", "poor"],
        tagged("self_rating"),
      ),
      choice(
        "than_last_year",
        "Than last year?",
        "¿Que el año pasado?",
        ["better", "the same", "worse"],
        tagged("self_rating"),
      ),
      number("pain", "Pain, from 0 to 10", "Dolor, de 0 a 10", 0, 10, tagged("pain")),
      number(
        "hospital_stays",
        "Nights in hospital last year",
        "Noches en el hospital el año pasado",
        0,
        14,
        tagged("utilization"),
      ),
    ]),
    section("conditions", "Conditions", "Enfermedades", [heart, lungs, diabetes, kidneys]),
  ]),
  section("daily_life", "Daily life", "Vida diaria", [
    section("self_care", "Looking after yourself", "Cuidado personal", [
      doing("bathing", "Bathing", "Bañarse"),
      doing("dressing", "Dressing", "Vestirse"),
      doing("eating", "Eating", "Comer"),
      doing("getting_up", "Getting out of a chair", "Levantarse de una silla"),
      doing("walking", "Walking", "Caminar"),
      doing("toilet", "Using the toilet", "Ir al baño"),
    ]),
    section("household", "The household", "El hogar", [
      doing("shopping", "Shopping", "Hacer las compras"),
      doing("cooking", "Cooking", "Cocinar"),
      doing("cleaning", "Cleaning", "Limpiar"),
      doing("phone", "Using the phone", "Usar el teléfono"),
      doing("money", "Paying bills", "Pagar las cuentas"),
      doing("travel", "Getting to the doctor", "Ir al médico"),
    ]),
  ]),
  section("mood", "Mood", "Ánimo", [
    note("intro", "Over the last two weeks, how often:", "Durante las últimas dos semanas, con qué frecuencia:"),
    choice("little_interest", "Little interest in doing things", "Poco interés en hacer cosas", OFTEN, tagged("phq2")),
    choice("feeling_down", "Feeling down", "Sentirse decaído", OFTEN, tagged("phq2")),
    choice("nervous", "Feeling nervous", "Sentirse nervioso", OFTEN, tagged("gad2")),
    choice("worrying", "Not able to stop worrying", "No poder dejar de preocuparse", OFTEN, tagged("gad2")),
    choice("lonely", "Feeling lonely", "Sentirse solo", OFTEN, tagged("isolation")),
    number(
      "talks",
      "People you talked to this week",
      "Personas con quienes habló esta semana",
      0,
      20,
      tagged("isolation"),
    ),
  ]),
  section("falls", "Falls", "Caídas", [
    yesNo("fallen", "Have you fallen in the last year?", "¿Se ha caído en el último año?", tagged("falls")),
    number("times", "How often?", "¿Cuántas veces?", 1, 6, { ...tagged("falls"), ...when("falls.fallen", true) }),
    yesNo("hurt", "Were you hurt?", "¿Se lastimó?", { ...tagged("falls"), ...when("falls.fallen", true) }),
    yesNo("afraid", "Are you afraid of falling?", "¿Tiene miedo de caerse?", tagged("falls")),
    choice(
      "aid",
      "What do you walk with?",
      "¿Con qué camina?",
      ["nothing", "cane", "walker", "wheelchair"],
      tagged("falls"),
    ),
  ]),
  section("medicines", "Medicines", "Medicamentos", [
    number("how_many", "How many do you take?", "¿Cuántos toma?", 0, 15, tagged("medicines")),
    choice("missed", "Do you miss any?", "¿Se le olvida alguno?", OFTEN, tagged("adherence")),
    yesNo("cost", "Is their cost a problem?", "¿Es un problema su costo?", tagged("adherence")),
    yesNo("organizer", "Do you use a pill organizer?", "¿Usa un pastillero?", tagged("adherence")),
    yesNo("side_effects", "Side effects?", "¿Efectos secundarios?", tagged("medicines")),
    text(
      "which",
      "Which medicine matters most to you?",
      "¿Qué medicamento le importa más?",
      ["metformin", "lisinopril", "atorvastatin", "apixaban", "I don't know"],
      tagged("medicines"),
    ),
  ]),
  section("habits", "Habits", "Hábitos", [
    yesNo("smokes", "Do you smoke?", "¿Fuma?", tagged("smoking")),
    number("packs", "Packs a day", "Paquetes al día", 0.5, 2.5, {
      ...tagged("smoking"),
      ...when("habits.smokes", true),
    }),
    number("drinks", "Drinks a week", "Bebidas alcohólicas por semana", 0, 14, tagged("alcohol")),
    number("exercise", "Days a week with exercise", "Días por semana con ejercicio", 0, 7, tagged("exercise")),
    choice("fruit", "Fruit and vegetables?", "¿Frutas y verduras?", OFTEN, tagged("nutrition")),
  ]),
  section("prevention", "Prevention", "Prevención", [
    date("flu_shot", "Last flu shot", "Última vacuna contra la gripe", 2015, 2018, tagged("vaccines")),
    date("pneumonia_shot", "Last pneumonia shot", "Última vacuna contra la neumonía", 2012, 2018, tagged("vaccines")),
    date("colonoscopy", "Last colonoscopy", "Última colonoscopia", 2010, 2018, tagged("screening")),
    yesNo("dentist", "Seen a dentist this year?", "¿Fue al dentista este año?", tagged("screening")),
    yesNo("living_will", "Do you have a living will?", "¿Tiene un testamento vital?", tagged("advance_care")),
  ]),
]);
