extension AuditPage {
    /// Colours of the reader's own scheme, one column on a telephone, A4 on paper.
    static let style = """
        :root { color-scheme: light dark; --line: #8a8a8a; --bar: #1f6feb; --rail: #8a8a8a40; }
        body { margin: 0; padding: 1.25rem 1rem; font: 1rem/1.6 system-ui, "Noto Sans CJK SC",
          "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
        main { margin: 0 auto; max-width: 52rem; overflow-wrap: anywhere; }
        h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .8rem; }
        h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; break-after: avoid; }
        p { margin: .6rem 0; }
        .notice { border: 2px solid; padding: .5rem .8rem; }
        dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
          gap: .6rem 1.5rem; margin: 0; }
        dl div:first-child { grid-column: 1 / -1; }
        dt { font-size: .85rem; }
        dd { margin: 0; font-weight: 600; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { border-bottom: 1px solid var(--line); padding: .35em .5em; text-align: start;
          vertical-align: top; font-weight: 400; }
        thead { display: table-header-group; }
        thead th { font-weight: 600; border-bottom-width: 2px; overflow-wrap: normal; }
        .number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap;
          overflow-wrap: normal; }
        table bdi { display: inline-block; max-width: 14rem; }
        .words { overflow-wrap: break-word; }
        tr { break-inside: avoid; }
        code { font-family: ui-monospace, monospace; font-size: .9em; }
        svg { display: block; width: 100%; max-width: 30rem; height: auto; break-inside: avoid; }
        svg text { font-size: 13px; fill: currentColor; }
        .bar { fill: var(--bar); }
        .rail { fill: var(--rail); }
        @media (max-width: 30rem) {
          table { font-size: .75rem; }
          th, td { padding: .3em .3em; }
          td.number { white-space: normal; }
          table bdi { max-width: 7rem; }
          code { font-size: .8em; }
        }
        @page { size: A4; margin: 18mm 16mm; }
        @media print {
          body { padding: 0; font-size: 9.5pt; line-height: 1.4; }
          main { max-width: none; }
          h1 { font-size: 15pt; }
          h2 { font-size: 11pt; margin-top: 1.2em; }
          svg { max-width: 110mm; }
          table bdi { max-width: 10rem; }
          .bar, .rail { print-color-adjust: exact; }
        }

        """
}
