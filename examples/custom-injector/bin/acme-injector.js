#!/usr/bin/env node
// Before everything else: what is loaded later makes pipes non-blocking, and a command that is started would inherit that.
import { readStdioModes } from "@sluice/runner/stdio-modes";

const stdio = readStdioModes();
const { injector } = await import("../dist/injector.js");
process.exitCode = await injector.main(process.argv, { stdio });
