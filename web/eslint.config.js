import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import typescript from 'typescript-eslint'

// Each room may import from those before it: drawing knows no page, the document no browser.
const ROOMS = ['core', 'api', 'run', 'view', 'ui']

function floor(room) {
  const above = ROOMS.slice(ROOMS.indexOf(room) + 1)
  return {
    files: [`src/${room}/**/*.{ts,svelte}`],
    rules: {
      'no-restricted-imports': ['error', { patterns: above.map((name) => ({ group: [`**/${name}/**`] })) }],
    },
  }
}

export default typescript.config(
  { ignores: ['node_modules', 'src/api/schema.ts', '*.config.js'] },
  ...typescript.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Most maps and sets are bookkeeping that nothing shows; those that are shown say SvelteMap.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  ...ROOMS.slice(0, -1).map(floor),
  {
    files: ['src/core/**/*.ts'],
    languageOptions: { globals: {} },
    rules: { 'no-restricted-globals': ['error', 'window', 'document', 'localStorage', 'fetch'] },
  },
)
