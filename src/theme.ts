/** Warm paper and ink, one accent. The palette as Mantine's theme; the same values stand in theme.css as --hone-*. */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

const ember: MantineColorsTuple = [
  ...(['#FFF7ED', '#FFEDD5', '#FED7AA', '#FDBA74', '#FB923C'] as const),
  ...(['#F97316', '#EA580C', '#C2410C', '#9A3412', '#7C2D12'] as const),
];
const gray: MantineColorsTuple = [
  ...(['#FAF9F6', '#F3F1EC', '#E7E3DC', '#D9D4CB', '#C9C3B8'] as const),
  ...(['#A8A198', '#6B6863', '#4F4C48', '#35322F', '#1C1B1A'] as const),
];
const dark: MantineColorsTuple = [
  ...(['#F1EEE9', '#D6D2CB', '#A39E97', '#7A756E', '#34312D'] as const),
  ...(['#2A2725', '#1F1D1B', '#161514', '#110F0E', '#0B0A0A'] as const),
];

const TITLE = { fontSize: '17px', fontWeight: 650 };

export const theme = createTheme({
  primaryColor: 'ember',
  primaryShade: { light: 7, dark: 4 },
  colors: { ember, gray, dark },
  white: '#FFFFFF',
  black: '#1C1B1A',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '15px', lg: '17px', xl: '22px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.35' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '20px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '10px', xl: '16px' },
  defaultRadius: 'md',
  shadows: {
    ...{ xs: 'none', sm: 'var(--hone-shadow)', md: 'var(--hone-shadow)' },
    ...{ lg: 'var(--hone-shadow)', xl: 'var(--hone-shadow)' },
  },
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '30px', lineHeight: '1.2' },
      h2: { fontSize: '22px', lineHeight: '1.3' },
      h3: { fontSize: '17px', lineHeight: '1.35' },
      h4: { fontSize: '15px', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  // Ember is dark on paper and light on ink: its text flips with the scheme.
  variantColorResolver: (input) => {
    const resolved = defaultVariantColorsResolver(input);
    const primary = input.color === undefined || input.color === 'ember';
    if (!primary) return resolved;
    if (input.variant === 'filled') return { ...resolved, color: 'var(--hone-on-accent)' };
    const quiet = input.variant === 'subtle' || input.variant === 'transparent';
    return quiet ? { ...resolved, color: 'var(--hone-accent)', hover: 'var(--hone-accent-soft)' } : resolved;
  },
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
    // Mantine takes two pixels off its size, which would be 11 px.
    InputWrapper: { styles: { description: { fontSize: 'var(--mantine-font-size-sm)' } } },
    Button: { styles: { label: { fontWeight: 550 } } },
    Tooltip: { defaultProps: { openDelay: 150, transitionProps: { duration: 120 } } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 150 } }, styles: { title: TITLE } },
    Drawer: { defaultProps: { transitionProps: { duration: 150 } }, styles: { title: TITLE } },
    Paper: { defaultProps: { p: 'md' } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#FAF9F6',
    '--mantine-color-dimmed': '#6B6863',
    '--mantine-color-placeholder': '#6B6863',
    '--mantine-color-error': '#B42318',
    '--mantine-color-default-border': '#D9D4CB',
  },
  dark: {
    '--mantine-color-body': '#161514',
    '--mantine-color-dimmed': '#A39E97',
    '--mantine-color-placeholder': '#A39E97',
    '--mantine-color-error': '#F97066',
    '--mantine-color-default-border': '#45413C',
  },
});
