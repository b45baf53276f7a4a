export function setOf(generation: number): Readonly<Record<string, string>>;
export function generationOf(text: string): number;
