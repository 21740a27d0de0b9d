import { definitionOf, resolveIndicator, computeIndicator } from '@botcriptofy/engine/indicators'
import { ohlcv } from './data.mjs'
import * as floors from './kernels.mjs'
const BARS=1_000_000
const candles:any = ohlcv(BARS); const {high,low,close}=candles
const P:any={sma:{period:20},ema:{period:20},rsi:{period:14},macd:{fast:12,slow:26,signal:9},bbands:{period:20,stdDev:2},stoch:{kPeriod:14,kSmooth:3,dPeriod:3},atr:{period:14},adx:{period:14}}
const F:any={sma:([o]:any)=>floors.sma(close,20,o),ema:([o]:any)=>floors.ema(close,20,o),rsi:([o]:any)=>floors.rsi(close,14,o),macd:([a,b,c]:any)=>floors.macd(close,12,26,9,a,b,c),bbands:([a,b,c]:any)=>floors.bbands(close,20,2,a,b,c),stoch:([k,d]:any)=>floors.stoch(high,low,close,14,3,3,k,d),atr:([o]:any)=>floors.atr(high,low,close,14,o),adx:([o]:any)=>floors.adx(high,low,close,14,o)}
for(const type in P){const r:any=resolveIndicator({type,params:P[type]},type);const d=definitionOf(r.value);const out=d.lines.map(()=>new Float64Array(BARS))
const fs:any={ours:()=>d.compute({candles,source:close},r.value.params,out),floor:()=>F[type](out)}
const b:any={ours:[],floor:[]}
for(let i=0;i<30;i++)for(const k in fs){(globalThis as any).gc();const s=process.cpuUsage();fs[k]();const e=process.cpuUsage(s);b[k].push((e.user+e.system)/1000)}
const q=(x:any)=>{const y=x.slice(4).sort((p:number,q:number)=>p-q);return y[1].toFixed(2)+' '+y[10].toFixed(2)}
console.log(type,'ours',q(b.ours),'floor',q(b.floor))}
