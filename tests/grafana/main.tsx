// Draws one dashboard with Grafana's own libraries. What this file does itself, since no Grafana is there: it lays
// panels out, asks Prometheus as Grafana's data source does, and chooses what each kind of panel is drawn with.
//   /?dashboard=NAME&from=SECONDS_AGO
import React from "react";
import { createRoot } from "react-dom/client";
import { lastValueFrom } from "rxjs";
import * as D from "@grafana/data";
import * as U from "@grafana/ui";
import { TableNG } from "@grafana/ui/unstable";

const theme = D.createTheme({ colors: { mode: "dark" } });
const asked = new URLSearchParams(location.search);
const WIDTH = 1400;
const COLUMN = WIDTH / 24;
const ROW = 38;
const GAP = 8;
const POINTS = 400;

// Grafana's registries are empty outside of Grafana: every standard option, and the custom ones that we use.
const same = (value: any) => value;
const processors: Record<string, any> = {
  displayName: D.displayNameOverrideProcessor,
  unit: D.unitOverrideProcessor,
  min: D.numberOverrideProcessor,
  max: D.numberOverrideProcessor,
  decimals: D.numberOverrideProcessor,
  thresholds: D.thresholdsOverrideProcessor,
  mappings: D.valueMappingsOverrideProcessor,
  color: D.identityOverrideProcessor,
  noValue: D.stringOverrideProcessor,
  links: D.dataLinksOverrideProcessor,
};
const option = (id: string, more: object) => ({
  id, name: id, editor: () => null, override: () => null, shouldApply: () => true, settings: {}, getItemsCount: () => 0, ...more,
});
const standard = Object.entries(processors).map(([id, process]) => option(id, { path: id, process }));
const custom = [
  "align", "axisPlacement", "cellOptions", "drawStyle", "fillBelowTo", "fillOpacity", "filterable", "hideFrom",
  "lineInterpolation", "lineStyle", "lineWidth", "minWidth", "showPoints", "spanNulls", "stacking", "width",
].map((id) => option("custom." + id, { path: id, isCustom: true, process: same }));
D.standardFieldConfigEditorRegistry.setInit(() => standard as any);
D.standardEditorsRegistry.setInit(() => []);
// The list holds some under two names.
const transformers = new Map(Object.values(D.standardTransformers).map((one: any) => [one.id, one]));
D.standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map((one) => ({ id: one.id, name: one.name, transformation: () => Promise.resolve(one) })) as any);
const registry = new D.FieldConfigOptionsRegistry(() => [...standard, ...custom] as any);

async function prometheus(path: string, query: Record<string, string | number>): Promise<any> {
  const told = await (await fetch(path + "?" + new URLSearchParams(query as any))).json();
  if (told.status !== "success") throw new Error(told.error);
  return told.data;
}

const replaced = (text: string, values: Record<string, string>) =>
  text.replace(/\$\{?(\w+)\}?/g, (all, name) => values[name] ?? all);

// The values of variables as Grafana chooses them when a dashboard is opened for the first time.
async function chosen(dashboard: any, range: any): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const one of dashboard.templating.list) {
    if (one.type === "datasource") values[one.name] = "prometheus";
    else if (one.type === "constant") values[one.name] = one.query;
    else if (one.includeAll) values[one.name] = one.allValue;
    else {
      const [, selector, label] = one.query.query.match(/^label_values\((.*), ?(\w+)\)$/);
      const found = await prometheus(`/api/v1/label/${label}/values`,
        { "match[]": replaced(selector, values), start: range.from, end: range.to });
      if (one.sort === 4) found.sort((a: string, b: string) => Number(b) - Number(a));
      if (!found.length) throw new Error(`no value for $${one.name}`);
      values[one.name] = found[0];
    }
  }
  return values;
}

// What Grafana's Prometheus data source makes of an answer: a table, or a frame a series.
async function frames(target: any, several: boolean, range: any, values: Record<string, string>) {
  const query = replaced(target.expr, values);
  const answer = target.instant
    ? await prometheus("/api/v1/query", { query, time: range.to })
    : await prometheus("/api/v1/query_range", { query, start: range.from, end: range.to, step: range.step });
  const found: any[] = answer.result;
  if (!found.length) return [];
  if (target.format === "table") {
    const labels = [...new Set(found.flatMap((one) => Object.keys(one.metric)))].sort();
    return [D.toDataFrame({ refId: target.refId, fields: [
      { name: "Time", type: D.FieldType.time, values: found.map((one) => one.value[0] * 1000), config: {} },
      ...labels.map((name) => ({ name, type: D.FieldType.string, values: found.map((one) => one.metric[name] ?? ""), config: {} })),
      { name: several ? `Value #${target.refId}` : "Value", type: D.FieldType.number, values: found.map((one) => Number(one.value[1])), config: {} },
    ] })];
  }
  return found.map((one) => {
    const points: any[] = target.instant ? [one.value] : one.values;
    const told = Object.entries(one.metric).map(([label, value]) => `${label}="${value}"`).join(", ");
    const name = target.legendFormat
      ? target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_: any, label: string) => one.metric[label] ?? "")
      : told ? `{${told}}` : query;
    return D.toDataFrame({ refId: target.refId, name, fields: [
      { name: "Time", type: D.FieldType.time, values: points.map((point) => point[0] * 1000), config: {} },
      { name: "Value", type: D.FieldType.number, labels: one.metric, values: points.map((point) => Number(point[1])), config: { displayNameFromDS: name } },
    ] });
  });
}

async function figures(panel: any, range: any, values: Record<string, string>) {
  const several = panel.targets.length > 1;
  const found = (await Promise.all(panel.targets.map((target: any) => frames(target, several, range, values)))).flat();
  const context = { interpolate: (text: string) => replaced(text, values) };
  const transformed = await lastValueFrom(D.transformDataFrame(panel.transformations ?? [], found, context as any));
  const data = D.applyFieldOverrides({
    data: transformed, fieldConfig: panel.fieldConfig, replaceVariables: ((text: string) => replaced(text, values)) as any,
    theme, timeZone: "Europe/Paris", fieldConfigRegistry: registry as any,
  });
  D.cacheFieldDisplayNames(data);
  return data;
}

function Figures({ panel, data, range, width, height }: any) {
  const { fieldConfig, options } = panel;
  const displayed = (sparkline: boolean) => D.getFieldDisplayValues({
    data, fieldConfig, reduceOptions: options.reduceOptions, replaceVariables: same, theme, timeZone: "Europe/Paris", sparkline,
  } as any);
  switch (panel.type) {
    case "stat": {
      const all = displayed(options.graphMode === "area");
      return <U.VizRepeater values={all} getValues={() => all} width={width} height={height} autoGrid orientation={"auto" as any}
        source={data} renderCounter={0} itemSpacing={3} renderValue={({ value, width, height, count }: any) =>
          <U.BigValue theme={theme} width={width} height={height} count={count} value={value.display} colorMode={options.colorMode}
            graphMode={options.graphMode} textMode={options.textMode} justifyMode={options.justifyMode} text={options.text} sparkline={value.sparkline} />} />;
    }
    case "bargauge": {
      const all = displayed(false);
      const names = D.getDisplayValueAlignmentFactors(all);
      return <U.VizRepeater values={all} getValues={() => all} width={width} height={height} source={data} renderCounter={0}
        minVizHeight={options.minVizHeight} maxVizHeight={options.maxVizHeight} itemSpacing={6} orientation={options.orientation}
        renderValue={({ value, width, height }: any) =>
          <U.BarGauge theme={theme} width={width} height={height} value={value.display} field={value.field} alignmentFactors={names}
            display={value.view?.getFieldDisplayProcessor(value.colIndex)} orientation={options.orientation} showUnfilled={options.showUnfilled}
            displayMode={options.displayMode} valueDisplayMode={options.valueMode} namePlacement={options.namePlacement} text={options.text} itemSpacing={6} />} />;
    }
    case "timeseries":
      return <U.TimeSeries frames={data} width={width} height={height} timeRange={range.told} timeZone="Europe/Paris" theme={theme}
        legend={options.legend} options={options} structureRev={1} />;
    case "table":
      return <TableNG data={data[0]} width={width} height={height} getActions={() => []} structureRev={1} />;
    default:
      return <div data-error>no drawing for a panel of type {panel.type}</div>;
  }
}

function Panel({ panel, range, values }: any) {
  const [data, setData] = React.useState<any>(null);
  const [error, setError] = React.useState("");
  React.useEffect(() => { figures(panel, range, values).then(setData, (reason) => setError(String(reason))); }, []);
  const { x, y, w, h } = panel.gridPos;
  const place: any = { position: "absolute", left: x * COLUMN + GAP / 2, top: y * ROW };
  if (panel.type === "row") return <h4 data-panel={panel.id} style={{ ...place, top: y * ROW + 8 }}>{panel.title}</h4>;
  const empty = data && !data.some((frame: any) => frame.length);
  return <div data-panel={panel.id} style={place}>
    <U.PanelChrome width={w * COLUMN - GAP} height={h * ROW - GAP} title={panel.title} description={panel.description} padding={panel.type === "table" ? "none" : "md" as any}>
      {(width: number, height: number) => <>
        {error && <div data-error>{panel.title}: {error}</div>}
        {empty && <div data-empty>{panel.title}</div>}
        {data && !empty && <Figures panel={panel} data={data} range={range} width={width} height={height} />}
      </>}
    </U.PanelChrome>
  </div>;
}

class Guard extends React.Component<any, any> {
  state = { error: null as any };
  static getDerivedStateFromError(error: any) { return { error }; }
  render() { return this.state.error ? <div data-error style={{ color: "red" }}>{String(this.state.error)}</div> : this.props.children; }
}

const shown = (one: any, values: any) => (one.includeAll ? "Tous" : one.type === "datasource" ? "Prometheus" : values[one.name]);

async function draw() {
  const dashboard = await (await fetch(`/${asked.get("dashboard")}.json`)).json();
  const to = Math.floor(Date.now() / 1000);
  const from = to - Number(asked.get("from"));
  const step = Math.max(1, Math.floor((to - from) / POINTS));
  const told = { from: D.dateTime(from * 1000), to: D.dateTime(to * 1000), raw: { from: "", to: "" } };
  const range = { from, to, step, told };
  const values = await chosen(dashboard, range);
  // As Grafana computes it; the past was recorded once a day, the present every second.
  values.__rate_interval = `${to - from > 86400 ? 4 * 86400 : 60}s`;
  values.__range = `${to - from}s`;
  const bottom = Math.max(...dashboard.panels.map((one: any) => one.gridPos.y + one.gridPos.h));
  const variables = dashboard.templating.list.filter((one: any) => !one.hide);
  createRoot(document.getElementById("root")!).render(
    <D.ThemeContext.Provider value={theme}>
      <U.GlobalStyles /><U.PortalContainer />
      <div style={{ width: WIDTH, padding: "8px 4px 0" }}>
        <h3 style={{ margin: "0 4px 6px" }}>{dashboard.title}</h3>
        <div style={{ margin: "0 4px 8px", fontSize: 12 }}>
          {variables.map((one: any) => <span key={one.name} style={{ marginRight: 10, padding: "3px 8px", background: "#22252b" }}>
            {one.label} <b>{shown(one, values)}</b></span>)}
        </div>
      </div>
      <div style={{ position: "relative", width: WIDTH, height: bottom * ROW }}>
        {dashboard.panels.map((panel: any) => <Guard key={panel.id}><Panel panel={panel} range={range} values={values} /></Guard>)}
      </div>
    </D.ThemeContext.Provider>);
}

draw().catch((error) => { document.body.innerHTML = `<div data-error>${error}</div>`; });
