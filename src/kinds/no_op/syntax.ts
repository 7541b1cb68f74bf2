import * as z from "zod";

export const syntax = z.strictObject({});
