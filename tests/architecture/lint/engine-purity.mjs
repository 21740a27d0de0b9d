// The engine's own tsconfig already takes away node:*, timers and the console. What is left of clock, chance and
// promises belongs to the language itself, so only a lint rule can see it.

const isMember = (node, object, property) =>
  node.object.type === 'Identifier' && node.object.name === object && node.property.name === property

const clock = 'Take nowMs (or the event’s timeMs) as an argument: the engine has no clock.'
const chance = 'Take a seeded random from the kernel as an argument: the same seed must give the same result.'
const waiting = 'Return the effect as data and let the caller do the waiting: the engine is synchronous.'

const enginePurity = {
  create(context) {
    const refuse = (node, message) => context.report({ node, message })
    return {
      MemberExpression(node) {
        if (isMember(node, 'Date', 'now')) refuse(node, clock)
        if (isMember(node, 'Math', 'random')) refuse(node, chance)
      },
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) refuse(node, clock)
        if (node.callee.name === 'Promise') refuse(node, waiting)
      },
      CallExpression(node) {
        if (node.callee.name === 'Date') refuse(node, clock)
      },
      ':function[async=true]'(node) {
        refuse(node, waiting)
      },
      AwaitExpression(node) {
        refuse(node, waiting)
      },
    }
  },
}

export default { meta: { name: 'house' }, rules: { 'engine-purity': enginePurity } }
