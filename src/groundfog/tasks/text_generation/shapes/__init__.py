"""How an answer looks in each family: classic, chat.completion, text_completion, response.

Each module has `render(model, inputs, output, request_id) -> bytes` and a streamer class of the same arguments.
"""
