-- A link to itself beside each heading. After the table of contents is made, which would
-- repeat it.

return function(doc)
  return doc:walk { Header = function(header)
    header.content:insert(pandoc.RawInline('html', '<a class="anchor" href="#'
      .. escaped(header.identifier) .. '" aria-hidden="true" tabindex="-1"></a>'))
    return header
  end }
end
