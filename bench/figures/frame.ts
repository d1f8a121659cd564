import type { TopLevelSpec } from 'vega-lite';

const FONT = 'DejaVu Sans';

/** What all figures share: title, fonts, margins. */
export function framed(title: string, subtitle: string, content: object): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, subtitle, anchor: 'start', offset: 14 },
    background: 'white',
    padding: 12,
    ...content,
    config: {
      font: FONT,
      axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e5e5e5', titlePadding: 8 },
      legend: {
        labelFontSize: 12,
        symbolSize: 90,
        orient: 'bottom',
        direction: 'horizontal',
        columnPadding: 24,
        labelLimit: 0,
        offset: 16,
      },
      title: { fontSize: 15, subtitleFontSize: 11, subtitleColor: '#555555', subtitlePadding: 5 },
      view: { stroke: '#cccccc' },
    },
  } as TopLevelSpec;
}
