// The page asks one address for everything: dashboards from `public/`, figures from the Prometheus of `tests/grafana/draw`.
const proxy = { "/api": process.env.PROMETHEUS };

export default {
  define: { "process.env.NODE_ENV": '"production"', "process.env": "{}", global: "globalThis" },
  build: { minify: false, chunkSizeWarningLimit: 99999 },
  resolve: { dedupe: ["react", "react-dom"] },
  preview: { host: "127.0.0.1", port: Number(process.env.PORT), strictPort: true, proxy },
};
