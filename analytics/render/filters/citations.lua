-- Citations by Pandoc's citeproc; one that is not in the bibliography is a fault.

return function(doc)
  local cited = pandoc.List {}
  doc:walk { Cite = function(cite)
    for _, citation in ipairs(cite.citations) do cited:insert(citation.id) end
  end }
  if #cited == 0 and not doc.meta.nocite then return doc end
  if not doc.meta.bibliography then
    for _, id in ipairs(cited) do
      problem('@' .. id .. ' is neither a cross-reference nor, without bibliography, a citation',
        '@' .. id, 'Add `bibliography:` to the front matter; write \\@ for the sign itself.')
    end
    return doc
  end
  local known = {}
  for _, id in ipairs(cited) do known[id] = false end
  -- Only the cited ones that are there come back.
  for _, reference in ipairs(pandoc.utils.references(doc)) do known[reference.id] = true end
  for _, id in ipairs(cited) do
    if known[id] == false then problem('@' .. id .. ' is not in the bibliography', '@' .. id,
      'Correct the key, or add the entry.') end
  end
  if #current_problems() > 0 then return doc end
  doc.meta['link-citations'] = true
  local placed = false
  doc:walk { Div = function(div) placed = placed or div.identifier == 'refs' end }
  if not placed then
    doc.blocks:insert(pandoc.Header(2, 'References', { id = 'references', class = 'unnumbered unlisted' }))
    doc.blocks:insert(pandoc.Div({}, { id = 'refs' }))
  end
  return pandoc.utils.citeproc(doc)
end
