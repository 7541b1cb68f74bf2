export interface TestFlags {
  readonly k?: string;
  readonly changed?: boolean;
  readonly watch?: boolean;
  readonly update?: boolean;
  readonly debug?: boolean;
  readonly coverage?: boolean;
  readonly junit?: string;
  readonly format: "text" | "json" | "github";
}
