-- Every heading has an anchor of its own.

return function(doc)
  return doc:walk { Header = function(header)
    if header.identifier == '' then
      problem('the heading has no text to make an anchor from', '{.', 'Give it {#an-id}.')
    end
  end }
end
