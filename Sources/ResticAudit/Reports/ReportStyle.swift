/// The look of the page: its own, on screens light and dark, and on paper.
enum ReportStyle {
  static let css = """
    :root{color-scheme:light dark;--page:#fbfbf9;--card:#fff;--ink:#1d2126;--soft:#5a626c;--rule:#dfe2e0;--band:#f3f4f1;\
    --shared:#2f6fb3;--exclusive:#c2641a;--hatch:#8a420b;--work:#9cc0e4;--left:#b9c3cc;--snapshot:#1f8a5b;--alarm:#b3261e;\
    --alarm-soft:#b3261e22;--warning:#8a5a00;--accent:#2f6fb3}
    @media (prefers-color-scheme:dark){:root{--page:#14171a;--card:#1c2024;--ink:#e6e8ea;--soft:#a2abb4;--rule:#343a40;\
    --band:#191d21;--shared:#6aa9ea;--exclusive:#eb9a4f;--hatch:#8f4d12;--work:#35587c;--left:#56616b;--snapshot:#4fc38e;\
    --alarm:#ff8a80;--alarm-soft:#ff8a8026;--warning:#f2bf5e;--accent:#8cc0f5}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\
    "DejaVu Sans",sans-serif}
    main,header,footer{max-width:1180px;margin:0 auto;padding:0 28px}
    header{padding-top:34px}
    h1{font-size:27px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
    h2{font-size:19px;margin:38px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--rule)}
    h3{font-size:16px;margin:0;line-height:1.35}
    p{margin:6px 0}
    a{color:var(--accent)}
    code,.id{font:13px/1.4 ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
    .soft{color:var(--soft)}
    .verdict{font-size:18px;margin:14px 0 4px;font-weight:600}
    .verdict.alarm{color:var(--alarm)}.verdict.warning{color:var(--warning)}.verdict.good{color:var(--snapshot)}
    dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:10px 28px;margin:18px 0 0}
    dl.facts dt{font-size:12px;color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}
    ol.findings{list-style:none;margin:0;padding:0;display:grid;gap:12px}
    .finding{background:var(--card);border:1px solid var(--rule);border-left:5px solid var(--rule);border-radius:6px;\
    padding:14px 18px}
    .finding.alarm{border-left-color:var(--alarm)}.finding.warning{border-left-color:var(--warning)}
    .finding .head{display:flex;gap:10px;align-items:baseline;flex-wrap:wrap}
    .tag{font-size:12px;font-weight:600;padding:1px 8px;border-radius:10px;border:1px solid currentColor;white-space:nowrap}
    .alarm .tag{color:var(--alarm)}.warning .tag{color:var(--warning)}.notice .tag{color:var(--soft)}
    .finding ul{margin:8px 0 0;padding-left:20px;list-style:disc}.finding li{margin:2px 0;overflow-wrap:anywhere}
    .finding .when{color:var(--soft);font-size:13px}
    figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:14px 12px;overflow-x:auto}
    svg.timeline+p.soft{margin:14px 8px 4px}svg.timeline{display:block;width:100%;min-width:760px;height:auto;font:12px system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    .band{fill:var(--band)}.grid{stroke:var(--rule);stroke-width:1}.axis-text{fill:var(--soft);font-size:11px}
    .break{fill:var(--card)}.break-line{fill:none;stroke:var(--left);stroke-width:1.2}
    .lane-title{fill:var(--ink);font-size:12.5px}.lane-detail{fill:var(--soft);font-size:10.5px}
    .alarm-text{fill:var(--alarm)}.warning-text{fill:var(--warning)}
    .shared{fill:var(--shared)}.exclusive{fill:url(#hatch);stroke:var(--exclusive);stroke-width:1}
    .exclusive-fill{fill:var(--exclusive)}.hatch{stroke:var(--hatch);stroke-width:2}
    .left{fill:var(--left)}.exclusive-left{fill:var(--exclusive);opacity:.45}.work{fill:var(--work)}
    .refresh{stroke:var(--card);stroke-width:1}.removed{stroke:var(--alarm);stroke-width:2.4;fill:none}
    .snapshot{fill:var(--snapshot)}.snapshot-line{stroke:var(--snapshot);stroke-width:2}
    .now{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3}
    .alarm-band{fill:var(--alarm-soft)}.alarm-number{fill:var(--alarm);font-size:12px;font-weight:700}
    .legend{display:flex;flex-wrap:wrap;gap:6px 22px;margin:10px 4px 0;padding:0;list-style:none;font-size:13px;color:var(--soft)}
    .legend svg{vertical-align:-3px;margin-right:6px}
    .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:6px;margin-top:10px}
    table{border-collapse:collapse;width:100%;font-size:13px}
    th,td{text-align:left;padding:5px 12px;border-bottom:1px solid var(--rule);vertical-align:top;white-space:nowrap}
    td.wrap{white-space:normal;min-width:150px;overflow-wrap:anywhere}
    th{font-weight:600;color:var(--soft)}tr:last-child td{border-bottom:0}td.number{text-align:right;font-variant-numeric:tabular-nums}
    caption{text-align:left;padding:8px 12px;color:var(--soft);font-size:13px}
    details{margin:10px 0}summary{cursor:pointer;color:var(--accent)}
    ul.plain{margin:0;padding-left:20px}ul.plain li{margin:4px 0;max-width:95ch}
    footer{margin-top:44px;padding-top:14px;padding-bottom:44px;color:var(--soft);font-size:13px}
    @media (max-width:640px){main,header,footer{padding-left:16px;padding-right:16px}}
    @media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#bbb;--band:#f4f4f4;--shared:#2f6fb3;\
    --exclusive:#c2641a;--hatch:#8a420b;--work:#9cc0e4;--left:#b9c3cc;--snapshot:#1f8a5b;--alarm:#b3261e;\
    --alarm-soft:#b3261e22;--warning:#7a4f00;--accent:#000}
    body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
    main,header,footer{max-width:none;padding-left:0;padding-right:0}header{padding-top:0}
    figure,.scroll{overflow:visible}svg.timeline{min-width:0}.finding,tr,svg{break-inside:avoid}h2,caption{break-after:avoid}
    th{white-space:normal}th,td{padding:3px 6px}td.wrap{min-width:60px}table{font-size:8.5pt}a{text-decoration:none}summary{color:var(--soft)}}
    """
}
