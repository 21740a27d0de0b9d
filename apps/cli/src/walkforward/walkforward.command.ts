import { writeFile } from 'node:fs/promises'
import { acceptedRun } from '@botcriptofy/contracts/backtest'
import { walkforwardView } from '@botcriptofy/contracts/walkforward'
import { parseTimeframe } from '@botcriptofy/engine/market'
import { type Command, Option } from 'commander'
import { connect } from '../client/connect.ts'
import { BadInput } from '../failure.ts'
import { requireWritable, writeWhole } from '../files/write.ts'
import { addSubmitOptions, printJson, submitBody, type SubmitFlags } from '../runs/options.ts'
import { addRunCommands, runView } from '../runs/run-commands.ts'
import { watchRun } from '../runs/watch.ts'
import { addParamOption, parseAxis } from '../sweeps/axis.ts'
import { describeWalkForward } from './walkforward-text.ts'

interface WalkForwardFlags extends SubmitFlags {
  readonly param: readonly string[]
  readonly objective: string
  readonly priority: string
  readonly mode: 'anchored' | 'rolling'
  readonly train: string
  readonly test: string
  readonly purge?: string
  readonly embargo?: string
}

export const defineWalkForward = (command: Command): void => {
  addParamOption(addSubmitOptions(command.command('submit').description('queue a walk-forward')))
    .requiredOption('--train <length>', 'of each training, such as 180d, 26w or 12h')
    .requiredOption('--test <length>', 'of each test')
    .addOption(
      new Option('--mode <name>', 'rolling trainings keep their length, anchored ones grow')
        .choices(['rolling', 'anchored'])
        .default('rolling'),
    )
    .option('--purge <length>', 'left out before each test: the longest trade')
    .option('--embargo <length>', 'left out besides')
    .option('--objective <metric>', 'the metric that chooses, higher first', 'sharpe')
    .option('--priority <0-9>', 'among your own the lowest goes first', '5')
    .action(submit)
  addRunCommands(command, { name: 'walkforwards', print: async (view) => print(view) })
  command
    .command('report')
    .description('write the report of one that has completed')
    .argument('<id>')
    .requiredOption('--out <file>', 'where to write it')
    .option('--json', 'print what was written as one JSON object')
    .action(report)
}

const lengthMs = (text: string, option: string): number => {
  const parsed = parseTimeframe(text, option)
  if (parsed.ok) return parsed.value
  throw new BadInput(`${option}: expected a length such as 180d, 26w or 12h, was ${text}`)
}

const submit = async (flags: WalkForwardFlags): Promise<void> => {
  const api = connect()
  const { purge, embargo } = flags
  const body = {
    ...(await submitBody(flags)),
    parameters: Object.fromEntries(flags.param.map(parseAxis)),
    objective: flags.objective,
    priority: Number(flags.priority),
    windows: {
      mode: flags.mode,
      trainMs: lengthMs(flags.train, '--train'),
      testMs: lengthMs(flags.test, '--test'),
      ...(purge === undefined ? {} : { purgeMs: lengthMs(purge, '--purge') }),
      ...(embargo === undefined ? {} : { embargoMs: lengthMs(embargo, '--embargo') }),
    },
  }
  const accepted = await api.post('/v1/walkforwards', { json: body }, acceptedRun)
  if (flags.wait !== true) {
    if (flags.json === true) printJson(accepted)
    else process.stdout.write(`${accepted.id} queued; botcriptofy walkforward watch ${accepted.id}\n`)
    return
  }
  const path = `/v1/walkforwards/${accepted.id}`
  const run = { path, label: 'walk-forward', view: runView, isQuiet: flags.json }
  const view = await watchRun(api, run)
  if (flags.json === true) printJson(view)
  else print(view)
}

const print = (view: unknown): void => {
  process.stdout.write(describeWalkForward(walkforwardView.parse(view)))
}

const report = async (
  id: string,
  flags: { readonly out: string; readonly json?: boolean },
): Promise<void> => {
  const { out, json } = flags
  const file = { path: out, option: '--out' }
  await requireWritable(file)
  const page = await connect().text(`/v1/walkforwards/${encodeURIComponent(id)}/report`)
  await writeWhole(file, (path) => writeFile(path, page))
  if (json === true) printJson({ out, bytes: Buffer.byteLength(page) })
  else process.stdout.write(`${out} written\n`)
}
