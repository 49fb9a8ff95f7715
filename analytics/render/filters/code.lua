-- Code that folds becomes a disclosure.

return function(doc)
  return doc:walk { CodeBlock = function(block)
    local fold, summary = block.attributes['code-fold'], block.attributes['code-summary']
    block.attributes['code-fold'], block.attributes['code-summary'] = nil, nil
    if not fold then return block end
    local open = fold == 'show' and ' open' or ''
    return {
      html('<details class="code-fold"' .. open .. '><summary>' .. escaped(summary or 'Code')
        .. '</summary>'),
      block,
      html('</details>'),
    }
  end }
end
