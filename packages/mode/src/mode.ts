import type { Command } from "commander";
import type { ModeContext } from "./mode-context.js";

/** One way of delivery, or what else an injector offers: a name, and the commands that belong to it. */
export interface Mode {
  readonly name: string;
  readonly commands: readonly ModeCommand[];
}

/** A command of a mode, as help shows it; the rest of it is loaded when it is called. */
export interface ModeCommand {
  readonly name: string;
  /** Where help shows it. */
  readonly group: CommandGroup;
  /** What it does, in a line. */
  readonly summary: string;
  /** Whether it goes on until it is told to stop, so that `serve` can run it beside others. */
  readonly serves?: boolean;
  /** Imports the command: `async () => (await import("./webhook-command.js")).buildWebhookCommand`. */
  readonly load: () => Promise<BuildCommand>;
}

/** Where a command is used: help lists commands under it. */
export type CommandGroup = "On a machine" | "In a cluster" | "On manifests";

/** Gives a command its description, options and action. Without effects: `--help` does it to every command. */
export type BuildCommand = (command: Command, context: ModeContext) => void;

/** A mode that is known by its commands, and loaded when one of them is called. */
export interface LazyMode {
  /** The mode's own {@link Mode.name}. */
  readonly name: string;
  /** Names of its commands. */
  readonly commands: readonly string[];
  /** Imports the package and makes it: `async () => (await import("@sluice/broker/mode")).broker()`. */
  readonly load: () => Promise<Mode>;
}

/** A mode as an injector is given it. */
export type RegisteredMode = Mode | LazyMode;
