import { SCHEMAS, type SchemaName } from '../../config/schemas.ts';
import { safeJson } from '../../report/safeText.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeOut } from '../output.ts';

export async function schema(name: SchemaName, io: Io): Promise<ExitCode> {
  await writeOut(io, [`${safeJson(SCHEMAS[name](), 2)}\n`]);
  return EXIT.done;
}
