// What of Node's modules the unit tests use, so that its types needn't be installed.

declare module "node:test" {
  export function test(name: string, run: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  export function deepEqual(got: unknown, want: unknown, message?: string): void;
  export function equal(got: unknown, want: unknown, message?: string): void;
  export function match(got: string, want: RegExp, message?: string): void;
  export function ok(value: unknown, message?: string): void;
}
