import * as z from "zod";

export const syntax = z.strictObject({
  rename: z
    .record(z.string().min(1), z.string().min(1))
    .optional()
    .describe("Columns whose header in the file is another: `{Member ID: member_id}`."),
});

export type Spec = z.infer<typeof syntax>;
