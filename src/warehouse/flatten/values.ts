/**
 * Which values fit an answer type. Both engines judge by the same patterns, written so that PostgreSQL and JavaScript read
 * them alike. Groups capture nothing: PostgreSQL then needs half the time.
 */

/** A text that is a number as JSON writes it, of a size that `numeric` takes. */
export const NUMBER = "^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?$";
export const LONGEST_NUMBER = 1000;

const LEAP_YEAR = "(?:[0-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";

/** A day of the calendar, `2018-02-28`; PostgreSQL's has no year 0. */
export const DATE =
  "^(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})-" +
  "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])" +
  "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)" +
  "|02-(?:0[1-9]|1[0-9]|2[0-8]))" +
  `|${LEAP_YEAR}-02-29)$`;

/** So many levels of objects and lists may be in a document. PostgreSQL's own limit depends on its stack. */
export const DEEPEST = 1000;
