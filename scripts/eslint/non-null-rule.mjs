import ts from 'typescript';

const typedArrays = new Set([
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
]);

/**
 * Forbids `x!`, but for the element of a typed array: those hold numbers throughout, the compiler cannot know that an
 * index is in bounds, and a fallback such as `?? 0` would turn a wrong index into a wrong number.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const nonNullRule = {
  meta: {
    type: 'problem',
    docs: { description: 'no non-null assertion, except on elements of typed arrays' },
    messages: { forbidden: 'Forbidden non-null assertion: narrow the value instead.' },
    schema: [],
  },
  create(context) {
    const services = context.sourceCode.parserServices;

    /** @param {any} object */
    const isTypedArray = (object) => {
      if (services?.program == null) return false;
      const checker = services.program.getTypeChecker();
      const type = checker.getTypeAtLocation(services.esTreeNodeToTSNodeMap.get(object));
      const parts = type.flags & ts.TypeFlags.Union ? type.types : [type];
      return parts.every((/** @type {ts.Type} */ part) => typedArrays.has(part.getSymbol()?.name ?? ''));
    };
    return {
      /** @param {any} node */
      TSNonNullExpression(node) {
        const { expression } = node;
        if (expression.type === 'MemberExpression' && expression.computed && isTypedArray(expression.object)) return;
        context.report({ node, messageId: 'forbidden' });
      },
    };
  },
};
