"""What becomes of a model's operators in LiteRT's interpreter."""


def shares(interpreter):
    """The number of operators, and of those whose values a delegate computes between its inputs and outputs."""
    nodes = interpreter._get_ops_details()
    operators = [node for node in nodes if node["op_name"] != "DELEGATE"]
    makers = {output: i for i, node in enumerate(operators) for output in node["outputs"]}
    replaced = set()
    for node in nodes:
        open_values = list(node["outputs"]) if node["op_name"] == "DELEGATE" else []
        while open_values:
            value = open_values.pop()
            maker = makers.get(value)
            if value in node["inputs"] or maker is None or maker in replaced:
                continue
            replaced.add(maker)
            open_values.extend(operators[maker]["inputs"])
    return len(operators), len(replaced)
