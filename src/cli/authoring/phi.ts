/** Columns that look like a patient's data by their names. A guess: a person has the last word. */

const words = [
  "ssn|social_security(_(number|no|num))?|tax_id",
  "mrn|medical_record(_(number|no|num))?|chart_(number|no)|hicn?|mbi|medicaid_id|medicare_id",
  "(date_of_)?birth(_?(date|day|dt))?|dob|birthplace|death(_?(date|dt))?|deceased(_(on|at|date))?|dod",
  "(first|last|middle|maiden|given|family|full|sur|nick)_?name|surname|first|last|middle|maiden",
  "(street_?)?address(_?(line)?_?\\d)?|street|city|county|zip(_?code)?|postal_?code|lat(itude)?|lon(gitude)?|lng",
  "phone(_(number|no))?|telephone|mobile|cell|fax(_number)?|e_?mail(_address)?",
  "passport(_(number|no))?|driver_?s?_?(license|licence)(_(number|no))?|drivers|license_(number|plate)|ip_address",
];
const people =
  "member|patient|subscriber|beneficiary|insured|dependent|person|enrollee|guarantor|home|work|mailing|contact";
const personal = new RegExp(`^((${people})_?)?(${words.join("|")})$|^(${people})_?(name|id|number|no)$`);

/** `Date of Birth`, `DateOfBirth` and `date_of_birth` are one name. */
export function looksLikePhi(column: string): boolean {
  const name = column
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z\d]+/g, "_")
    .toLowerCase();
  return personal.test(name);
}

export const PHI_NOTE = "phi by its name: confirm it, or take it out";
