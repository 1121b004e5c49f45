/* Sizes of auxiliary quantities, from the network's tensors. */
#include "skel/auxiliary.h"
#include "skel/traits.h"

skel_reparameterised skel_auxiliary_tensor(const skel_network *network, size_t parameter,
                                           size_t number)
{
    const skel_parameter *of = &network->parameter[parameter];

    return (skel_reparameterised){
        .number = number,
        .count = of->count,
        .outputs = of->shape[0],
        .inputs = of->shape[1],
        .linear = of->dims == 2,
    };
}

size_t skel_auxiliary_total(const skel_method *method, const skel_network *network, size_t quantity)
{
    size_t total = 0;
    size_t number = 0;

    if (!skel_method_reparameterises(method)) {
        return 0;
    }
    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        skel_reparameterised tensor = skel_auxiliary_tensor(network, i, number++);

        total +=
            skel_auxiliary_count(method->reparameterisation->auxiliary[quantity].extent, &tensor);
    }
    return total;
}

size_t skel_auxiliary_moments(const skel_method *method, const skel_network *network)
{
    return skel_method_learns_auxiliary(method) ? 2 * skel_auxiliary_total(method, network, 0) : 0;
}
